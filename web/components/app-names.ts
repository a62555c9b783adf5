/** Cloud apps as the cloud-apps APIs number them, for choices; a test holds it to the server's own table. Names of products. */
export const appNames: readonly (readonly [id: number, name: string])[] = [
  [11161, 'Office 365'],
  [20893, 'Microsoft Exchange Online'],
  [20892, 'Microsoft SharePoint Online'],
  [15600, 'Microsoft OneDrive for Business'],
  [28375, 'Microsoft Teams'],
  [12260, 'Microsoft Azure'],
  [26324, 'Microsoft Power BI'],
  [25275, 'Microsoft Skype for Business'],
  [11522, 'Yammer'],
  [20940, 'Active Directory'],
  [20595, 'Microsoft Cloud App Security'],
];
